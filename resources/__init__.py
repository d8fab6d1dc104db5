"""The routing table of version 1."""

from common.http import Api
from resources import (
    audit,
    batches,
    categories,
    changes,
    counts,
    item_groups,
    items,
    listings,
    lookup,
    movement_lines,
    movements,
    passkey_challenges,
    purchase_orders,
    reports,
    root,
    second_factors,
    session,
    sessions,
    stock,
    stores,
    suppliers,
    tokens,
    users,
)


def v1(api: Api) -> None:  # noqa: PLR0915 - a table, one line a noun
    """Add every noun."""
    api.add_resource(root.Root, "")
    api.add_resource(session.Session, "/session")
    api.add_resource(passkey_challenges.SignInChallenge, "/passkey-challenges")
    api.add_resource(sessions.SignInList, "/sessions")
    api.add_resource(sessions.SignInDetail, "/sessions/<id:id>")
    api.add_resource(session.SetUp, "/setup")
    api.add_resource(tokens.TokenList, "/tokens")
    api.add_resource(tokens.TokenDetail, "/tokens/<id:id>")
    api.add_resource(tokens.AccessTokenList, "/access-tokens")
    api.add_resource(users.UserList, "/users")
    api.add_resource(users.UserDetail, "/users/<id:id>")
    api.add_resource(users.UserRestoration, "/users/<id:id>/restoration")
    api.add_resource(users.UserPassword, "/users/<id:id>/password")
    api.add_resource(second_factors.SecondFactors, "/users/<id:id>/second-factors")
    api.add_resource(second_factors.FactorRemoval, "/users/<id:id>/second-factors/removal")
    api.add_resource(second_factors.AppProposal, "/users/<id:id>/totp")
    api.add_resource(second_factors.AppConfirmation, "/users/<id:id>/totp/confirmation")
    api.add_resource(second_factors.AppRemoval, "/users/<id:id>/totp/removal")
    api.add_resource(second_factors.RecoveryCodeList, "/users/<id:id>/recovery-codes")
    api.add_resource(passkey_challenges.NewPasskeyChallenge, "/users/<id:id>/passkey-challenges")
    api.add_resource(second_factors.PasskeyList, "/users/<id:id>/passkeys")
    api.add_resource(second_factors.PasskeyRemoval, "/users/<id:id>/passkeys/<id:passkey_id>/removal")
    api.add_resource(stores.StoreList, "/stores")
    api.add_resource(stores.StoreDetail, "/stores/<id:id>")
    api.add_resource(stores.StoreRestoration, "/stores/<id:id>/restoration")
    api.add_resource(listings.ListingList, "/stores/<id:id>/listings")
    api.add_resource(listings.ListingDetail, "/stores/<id:id>/listings/<id:item_id>")
    api.add_resource(categories.CategoryList, "/categories")
    api.add_resource(categories.CategoryDetail, "/categories/<id:id>")
    api.add_resource(categories.CategoryRestoration, "/categories/<id:id>/restoration")
    api.add_resource(item_groups.ItemGroupList, "/item-groups")
    api.add_resource(item_groups.ItemGroupDetail, "/item-groups/<id:id>")
    api.add_resource(item_groups.ItemGroupItems, "/item-groups/<id:id>/items")
    api.add_resource(item_groups.ItemGroupRestoration, "/item-groups/<id:id>/restoration")
    api.add_resource(items.ItemList, "/items")
    api.add_resource(items.ItemDetail, "/items/<id:id>")
    api.add_resource(items.ItemRestoration, "/items/<id:id>/restoration")
    api.add_resource(items.BarcodeDetail, "/barcodes/<path:code>")
    api.add_resource(lookup.Lookup, "/lookup")
    api.add_resource(stock.StockList, "/stock")
    api.add_resource(batches.BatchList, "/stock/batches")
    api.add_resource(batches.ExpiringList, "/stock/expiring")
    api.add_resource(movements.ReceiptList, "/receipts")
    api.add_resource(movements.SaleList, "/sales")
    api.add_resource(movements.ReturnList, "/returns")
    api.add_resource(movements.WriteOffList, "/write-offs")
    api.add_resource(movements.AdjustmentList, "/adjustments")
    api.add_resource(movements.TransferList, "/transfers")
    api.add_resource(movements.TransferArrival, "/transfers/<id:id>/arrival")
    api.add_resource(movements.TransferLoss, "/transfers/<id:id>/loss")
    api.add_resource(movements.TransferRecall, "/transfers/<id:id>/recall")
    api.add_resource(counts.CountList, "/counts")
    api.add_resource(counts.CountDetail, "/counts/<id:id>")
    api.add_resource(counts.CountTallies, "/counts/<id:id>/tallies")
    api.add_resource(counts.CountRecounts, "/counts/<id:id>/recounts")
    api.add_resource(counts.TallyDetail, "/counts/<id:id>/tallies/<id:tally_id>")
    api.add_resource(counts.VarianceList, "/counts/<id:id>/variances")
    api.add_resource(counts.VarianceDetail, "/counts/<id:id>/variances/<id:item_id>")
    api.add_resource(counts.CountApproval, "/counts/<id:id>/approval")
    api.add_resource(movements.MovementList, "/movements")
    api.add_resource(movements.MovementDetail, "/movements/<id:id>")
    api.add_resource(movements.MovementReversal, "/movements/<id:id>/reversal")
    api.add_resource(movement_lines.MovementLineList, "/movement-lines")
    api.add_resource(movement_lines.MovementLineDetail, "/movement-lines/<id:id>")
    api.add_resource(suppliers.SupplierList, "/suppliers")
    api.add_resource(suppliers.SupplierDetail, "/suppliers/<id:id>")
    api.add_resource(suppliers.SupplierRestoration, "/suppliers/<id:id>/restoration")
    api.add_resource(suppliers.SupplierItemList, "/suppliers/<id:id>/items")
    api.add_resource(suppliers.SupplierItemDetail, "/suppliers/<id:id>/items/<id:item_id>")
    api.add_resource(purchase_orders.PurchaseOrderList, "/purchase-orders")
    api.add_resource(purchase_orders.PurchaseOrderDetail, "/purchase-orders/<id:id>")
    api.add_resource(purchase_orders.PurchaseOrderSending, "/purchase-orders/<id:id>/sending")
    api.add_resource(purchase_orders.PurchaseOrderClosing, "/purchase-orders/<id:id>/closing")
    api.add_resource(reports.ReportIndex, "/reports")
    api.add_resource(reports.ValuationReport, "/reports/valuation")
    api.add_resource(reports.MovementReport, "/reports/movements")
    api.add_resource(reports.ShrinkageReport, "/reports/shrinkage")
    api.add_resource(reports.BalanceReport, "/reports/balances")
    api.add_resource(reports.SlowMoverReport, "/reports/slow-movers")
    api.add_resource(reports.LowStockReport, "/reports/low-stock")
    api.add_resource(reports.ReplenishmentReport, "/reports/replenishment")
    api.add_resource(changes.ChangeList, "/changes")
    api.add_resource(audit.AuditList, "/audit")
    api.add_resource(audit.AuditDetail, "/audit/<id:id>")
    api.add_resource(audit.StoreHistory, "/stores/<id:id>/history")
    api.add_resource(audit.ListingHistory, "/stores/<id:id>/listings/<id:item_id>/history")
    api.add_resource(audit.CategoryHistory, "/categories/<id:id>/history")
    api.add_resource(audit.ItemHistory, "/items/<id:id>/history")
    api.add_resource(audit.ItemGroupHistory, "/item-groups/<id:id>/history")
    api.add_resource(audit.MovementHistory, "/movements/<id:id>/history")
    api.add_resource(audit.CountHistory, "/counts/<id:id>/history")
    api.add_resource(audit.SupplierHistory, "/suppliers/<id:id>/history")
    api.add_resource(audit.SupplierItemHistory, "/suppliers/<id:id>/items/<id:item_id>/history")
    api.add_resource(audit.PurchaseOrderHistory, "/purchase-orders/<id:id>/history")
    api.add_resource(audit.UserHistory, "/users/<id:id>/history")
    api.add_resource(audit.SignInHistory, "/sessions/<id:id>/history")
    api.add_resource(audit.TokenHistory, "/tokens/<id:id>/history")
