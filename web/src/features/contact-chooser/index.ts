export { ContactChooser, contactName } from "./ContactChooser";
export { useChosenContact } from "./useChosenContact";
