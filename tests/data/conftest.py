from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from plain_csv import read
from shell import Shell


@pytest.fixture
def shell(tmp_path):
    return Shell(tmp_path)


@pytest.fixture(scope="session")
def eight_stores(shared_data, tmp_path_factory):
    """Eight stores of a grocer as they were sold in, with just the opening stock that their sales need."""
    shell = Shell(tmp_path_factory.mktemp("eight_stores"))
    products = shared_data("completejourney_products.csv")
    sales = shared_data("completejourney_transactions_8stores.csv")
    shell.products, shell.sales = read(products), read(sales)
    known = {row["product_id"] for row in shell.products}
    shell.sold = Counter()
    for row in shell.sales:
        if row["product_id"] in known:
            shell.sold[row["store_id"], row["product_id"]] += Decimal(row["quantity"])
    codes = sorted({row["store_id"] for row in shell.sales})
    stores = shell.write("stores.csv", "code,name\n" + "".join(f"{code},Store {code}\n" for code in codes))
    lines = "".join(f"{store},{product},{quantity}\n" for (store, product), quantity in sorted(shell.sold.items()))
    stock = shell.write("stock.csv", "store,sku,quantity\n" + lines)
    names = [f"{column}=name" for column in ("product_type", "product_category", "department")]
    fields = ["product_id=sku", *names, "department=category", "brand=attributes.brand", "package_size=attributes.size"]
    shell.said = {
        "stores": shell("load", stores, "--kind", "stores"),
        "items": shell("load", products, "--kind", "items", *_mapped(*fields)),
        "stock": shell("load", stock, "--kind", "stock"),
    }
    fields = ["store_id=store", "basket_id=reference", "product_id=sku", "quantity=quantity"]
    mapped = _mapped(*fields, "transaction_timestamp=occurred_at")
    arguments = ("load", sales, "--kind", "movements", "--set", "kind=sale", *mapped, "--partial")
    shell.said["sales"] = shell(*arguments)
    return shell


def _mapped(*pairs):
    return [argument for pair in pairs for argument in ("--map", pair)]
