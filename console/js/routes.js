// One line a route: the server reads them too, to name a route's modules in the head of its page.
export const routes = [
  ["/", () => import("./views/items.js")],
  ["/items", () => import("./views/items.js")],
  ["/items/new", () => import("./views/item-new.js")],
  ["/items/:id", () => import("./views/item.js")],
  ["/scan", () => import("./views/scan.js")],
  ["/movements", () => import("./views/movements.js")],
  ["/movements/:id", () => import("./views/movement.js")],
  ["/stores", () => import("./views/stores.js")],
  ["/categories", () => import("./views/categories.js")],
];

export const fallback = () => import("./views/not-found.js");
