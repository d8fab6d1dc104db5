from __future__ import annotations

import pytest

pytest.register_assert_rewrite("walking", "witness", "rules_of_documents", "rules_of_counts", "rules_of_trouble")
