/** Styles are built into the page. */
declare module "*.css";
