export { GalleryPage } from "./GalleryPage";
export { galleryQuery } from "./queries";
export { TemplateCard } from "./TemplateCard";
