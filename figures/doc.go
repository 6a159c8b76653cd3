// Package figures makes the numbers that people read of the counts that the store keeps: rates, times,
// the worst step, hours saved. It is for the API and for whoever watches a workflow. The definitions
// stand in docs/FIGURES.md. It reads the store, and must never change it or know of HTTP or Temporal.
package figures
