"""The routing table of version 1."""

from common.http import Api
from resources import categories, items, listings, movement_lines, movements, root, session, stock, stores, users


def v1(api: Api) -> None:
    """Add every noun."""
    api.add_resource(root.Root, "")
    api.add_resource(session.Session, "/session")
    api.add_resource(session.SignInList, "/sessions")
    api.add_resource(session.SignInDetail, "/sessions/<id:id>")
    api.add_resource(session.SetUp, "/setup")
    api.add_resource(users.UserList, "/users")
    api.add_resource(users.UserDetail, "/users/<id:id>")
    api.add_resource(users.UserRestoration, "/users/<id:id>/restoration")
    api.add_resource(users.UserPassword, "/users/<id:id>/password")
    api.add_resource(stores.StoreList, "/stores")
    api.add_resource(stores.StoreDetail, "/stores/<id:id>")
    api.add_resource(stores.StoreRestoration, "/stores/<id:id>/restoration")
    api.add_resource(listings.ListingList, "/stores/<id:id>/listings")
    api.add_resource(listings.ListingDetail, "/stores/<id:id>/listings/<id:item_id>")
    api.add_resource(categories.CategoryList, "/categories")
    api.add_resource(categories.CategoryDetail, "/categories/<id:id>")
    api.add_resource(categories.CategoryRestoration, "/categories/<id:id>/restoration")
    api.add_resource(items.ItemList, "/items")
    api.add_resource(items.ItemDetail, "/items/<id:id>")
    api.add_resource(items.ItemRestoration, "/items/<id:id>/restoration")
    api.add_resource(items.BarcodeDetail, "/barcodes/<string:code>")
    api.add_resource(stock.StockList, "/stock")
    api.add_resource(movements.ReceiptList, "/receipts")
    api.add_resource(movements.SaleList, "/sales")
    api.add_resource(movements.ReturnList, "/returns")
    api.add_resource(movements.WriteOffList, "/write-offs")
    api.add_resource(movements.AdjustmentList, "/adjustments")
    api.add_resource(movements.TransferList, "/transfers")
    api.add_resource(movements.TransferArrival, "/transfers/<id:id>/arrival")
    api.add_resource(movements.MovementList, "/movements")
    api.add_resource(movements.MovementDetail, "/movements/<id:id>")
    api.add_resource(movements.MovementReversal, "/movements/<id:id>/reversal")
    api.add_resource(movement_lines.MovementLineList, "/movement-lines")
