"""Makes Django's own tables and a signed-in session in the database; prints the session's cookie."""

import app as _  # noqa: F401 - sets Django up
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

call_command("migrate", verbosity=0)
user, _created = User.objects.get_or_create(username="bench")
client = Client()
client.force_login(user)
print(f"sessionid={client.cookies['sessionid'].value}")
