import classes from "./SkipLink.module.css";

/** Leads the keyboard past the navigation. */
export function SkipLink() {
  return (
    <a href="#main" className={classes.skip}>
      To the content
    </a>
  );
}
