package definition

// Catalog says what exists on an installation. Keys are compared as the
// installation compares them. A Catalog may also implement the small interfaces
// below; what it does not implement is not checked.
type Catalog interface {
	HasTemplate(key string) bool
	HasPipeline(key string) bool
	HasStage(pipeline, stage string) bool
	HasCourse(key string) bool
	HasSegment(key string) bool
	HasSecret(name string) bool
	// Workflow reports whether a workflow exists and whether it is active.
	Workflow(key string) (exists, active bool)
	HasFile(name string) bool
	// EventSeen reports whether an event of the type was ever accepted.
	EventSeen(eventType string) bool
	// TemplateText is the HTML of a mail template, or its text when it has none.
	TemplateText(key string) (html string, ok bool)
}

// Stage is one stage of a pipeline; Kind is open, won or lost.
type Stage struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// StageCatalog is a Catalog that lists stages, so that the fix of a missing stage
// can keep those that exist.
type StageCatalog interface {
	Stages(pipeline string) []Stage
}

// SenderCatalog is a Catalog that knows which sender addresses may be used.
type SenderCatalog interface {
	HasSender(address string) bool
}

// GatewayCatalog is a Catalog that knows which channels have a gateway.
type GatewayCatalog interface {
	HasGateway(channel string) bool
}

// TemplateClassCatalog is a Catalog that knows the class of a mail template.
type TemplateClassCatalog interface {
	TemplateClass(key string) string
}

// TemplateUseCatalog is a Catalog that knows which other active workflows send a
// template to the contacts of the same trigger event.
type TemplateUseCatalog interface {
	TemplateUsers(template, event string) (workflows []string)
}
