export { ContactsPage } from "./ContactsPage";
export { ImportPage } from "./ImportPage";
