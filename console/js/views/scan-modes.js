/** What can be posted. `sign` is what a scan does to the shelf; `of` is how a document of it is called. */
export const MODES = [
  { name: "receipt", path: "/receipts", label: "Receive", of: "Receipt", image: "receive", hasCost: true },
  { name: "sale", path: "/sales", label: "Sell", of: "Sale", image: "sell" },
  { name: "return", path: "/returns", label: "Return", of: "Return", image: "back" },
  {
    name: "write_off",
    path: "/write-offs",
    label: "Write off",
    of: "Write-off",
    image: "bin",
    reasons: ["Damaged", "Expired", "Stolen", "Used in the shop"],
  },
  {
    name: "adjustment",
    path: "/adjustments",
    label: "Adjust",
    of: "Adjustment",
    image: "adjust",
    isSigned: true,
    reasons: ["Counted", "Found", "Wrong entry before"],
  },
  { name: "transfer", path: "/transfers", label: "Transfer", of: "Transfer", image: "moves", hasDestination: true },
];

export const modeNamed = (name) => MODES.find((mode) => mode.name === name) ?? MODES[0];
