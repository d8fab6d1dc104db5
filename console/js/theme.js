// A classic script in the head, before the first paint: no flash of the other theme.
try {
  const chosen = JSON.parse(localStorage.getItem("storekeeper.theme"));
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // The system's theme it is.
}
