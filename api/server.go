package api

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"fermata/api/gen"
)

const (
	// maxHeader is the most bytes of a request's header.
	maxHeader         = 16 << 10
	readHeaderTimeout = 5 * time.Second
	readTimeout       = time.Minute
	// writeTimeout ends an answer that nobody takes; streams set deadlines of their own.
	writeTimeout = 2 * time.Minute
	idleTimeout  = 2 * time.Minute
)

// Keys of what the middleware leaves in a gin.Context.
const (
	ctxCaller    = "caller"
	ctxBody      = "body"  // decoded JSON
	ctxRaw       = "raw"   // bytes of the body
	ctxMediaType = "media" // content type of the body, without parameters
)

// server implements gen.ServerInterface.
type server struct {
	Config
	document  *document
	page      *page  // /docs
	home      *page  // / in a program without the built page
	built     *built // the built page
	bootstrap []byte // hash of the bootstrap key
	touches   touches
	reaches   reaches
	hits      hits

	sessions    *scs.SessionManager
	crossOrigin *http.CrossOriginProtection
	attempts    attempts
	hub         *hub
	code        oneTimeCode
}

var _ gen.ServerInterface = (*server)(nil)

// New makes the handler of the whole API. Serve it with NewHTTPServer, which sets the limits that
// a handler cannot.
func New(cfg Config) (http.Handler, error) {
	s, err := newServer(cfg)
	if err != nil {
		return nil, err
	}
	return s.routes()
}

func newServer(cfg Config) (*server, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg.fill()
	doc, err := loadDocument()
	if err != nil {
		return nil, err
	}
	s := &server{Config: cfg, document: doc, touches: touches{last: map[string]time.Time{}}}
	if s.page, err = newPage(doc); err != nil {
		return nil, err
	}
	if s.home, err = newHome(doc); err != nil {
		return nil, err
	}
	if s.built, err = loadBuilt(cfg.Page); err != nil {
		return nil, err
	}
	if cfg.BootstrapKey != "" {
		s.bootstrap = hashKey(cfg.BootstrapKey)
		if cfg.SignInCode != "" {
			s.code = oneTimeCode{hash: hashKey(cfg.SignInCode), until: cfg.Now().Add(codeLife)}
		}
	}
	s.newSessions()
	if s.crossOrigin, err = newCrossOrigin(cfg.BaseURL); err != nil {
		return nil, fmt.Errorf("make api: %w", err)
	}
	s.hub = newHub(s.lookAt, cfg.Store.Changed, cfg.Log, cfg.Stopping)
	return s, nil
}

// NewHTTPServer returns a server with the limits against slow and oversized requests.
func NewHTTPServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		MaxHeaderBytes:    maxHeader,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
	}
}

func (s *server) routes() (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	engine.UseRawPath = true
	engine.UnescapePathValues = true
	engine.ForwardedByClientIP = false
	if err := engine.SetTrustedProxies(nil); err != nil {
		return nil, fmt.Errorf("make api: %w", err)
	}
	engine.Use(s.protect, s.guard)
	engine.NoRoute(s.elsewhere)
	engine.NoMethod(func(c *gin.Context) { s.fail(c, failure(kindMethod, "the path has other methods")) })
	gen.RegisterHandlersWithOptions(engine, s, gen.GinServerOptions{ErrorHandler: func(c *gin.Context, err error, _ int) {
		s.fail(c, invalid("", err.Error(), ""))
	}})
	engine.GET("/", s.front)
	engine.HEAD("/", s.front)
	engine.POST(framePath, s.showFrame)
	s.mailRoutes(engine)
	for path, handler := range s.Extra {
		if strings.HasSuffix(path, "/") {
			engine.Any(path+"*rest", gin.WrapH(handler))
		} else {
			engine.Any(path, gin.WrapH(handler))
		}
	}
	if s.built != nil {
		s.built.reserve(engine.Routes())
	}
	return engine, nil
}

// protect sets the headers that every answer carries and turns a panic into a problem.
func (s *server) protect(c *gin.Context) {
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Cache-Control", "no-store")
	defer func() {
		if v := recover(); v != nil {
			if err, isError := v.(error); isError && errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
			s.Log.Error("request panicked", "route", c.FullPath(), "panic", v, "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				s.fail(c, &problem{kind: kindInternal, detail: "the error is in the log of the server", cause: errors.New("panic")})
			}
		}
	}()
	c.Next()
}

// guard checks key, scope, parameters, content type and body of every operation of the document
// before its handler runs.
func (s *server) guard(c *gin.Context) {
	route := c.Request.Method + " " + c.FullPath()
	op, known := s.document.operations[route]
	if !known {
		return // no route, or one of Extra
	}
	scope := op.scope
	if scope != scopePublic {
		who, err := s.authenticate(c)
		if err == nil && !who.may(scope) {
			err = failure(kindForbidden, "the call needs the scope %s", scope)
		}
		if err != nil {
			s.fail(c, err)
			return
		}
		c.Set(ctxCaller, who)
	}
	if !known {
		return
	}
	err := checkParameters(c, op)
	if err == nil {
		err = s.readBody(c, op)
	}
	if err != nil {
		s.fail(c, err)
	}
}

// readBody takes the body of an operation: its one content type, its size, and its shape.
func (s *server) readBody(c *gin.Context, op *operation) error {
	r := c.Request
	if len(op.types) == 0 {
		return s.emptyBody(c)
	}
	if r.ContentLength == 0 && !op.bodyRequired() && r.Header.Get("Content-Type") == "" {
		return s.setBody(c, op, nil)
	}
	media, err := checkMedia(r, op.types)
	if err != nil {
		return err
	}
	c.Set(ctxMediaType, media)
	if media == "multipart/form-data" {
		r.Body = http.MaxBytesReader(c.Writer, r.Body, maxFile+maxFileFrame)
		return nil
	}
	limit := int64(maxBody)
	if media == mediaCSV {
		limit = maxImport
	}
	raw, err := readAll(c, limit)
	if err != nil {
		return err
	}
	if len(raw) == 0 && !op.bodyRequired() {
		return s.setBody(c, op, nil)
	}
	return s.setBody(c, op, raw)
}

// emptyBody takes the body of an operation that has none: nothing, or the empty object that
// clients send with every POST. Anything inside would be ignored silently, so it is refused.
func (s *server) emptyBody(c *gin.Context) error {
	if c.Request.Body == nil || c.Request.ContentLength == 0 {
		return nil
	}
	raw, err := readAll(c, maxBody)
	if err != nil || len(raw) == 0 {
		return err
	}
	if _, err := checkMedia(c.Request, []string{"application/json"}); err != nil {
		return err
	}
	value, err := readJSON(raw)
	if err != nil {
		return err
	}
	object, isObject := value.(map[string]any)
	if !isObject {
		return invalid("", "must be an object", "the call takes no body, or {}")
	}
	fields := make([]gen.FieldError, 0, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		fields = append(fields, gen.FieldError{Pointer: child("", key), Message: "is not known here", Hint: "the call takes no body, or {}"})
	}
	if len(fields) > 0 {
		return invalidFields(fields)
	}
	return nil
}

// checkMedia returns the content type of a body and refuses another one, or an encoded body.
func checkMedia(r *http.Request, types []string) (string, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if len(r.Header.Values("Content-Type")) > 1 || err != nil || !slices.Contains(types, media) {
		return "", failure(kindMediaType, "send Content-Type: %s", strings.Join(types, " or "))
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return "", failure(kindMediaType, "send the body without Content-Encoding")
	}
	return media, nil
}

func readAll(c *gin.Context, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, failure(kindTooLarge, "the body has more than %d bytes", limit)
	}
	if err != nil {
		return nil, failure(kindMalformed, "the body cannot be read to its end")
	}
	return raw, nil
}

// setBody decodes and checks a JSON body; an absent optional one counts as {}.
func (s *server) setBody(c *gin.Context, op *operation, raw []byte) error {
	if raw == nil {
		c.Set(ctxRaw, []byte("{}"))
		c.Set(ctxBody, map[string]any{})
		return nil
	}
	c.Set(ctxRaw, raw)
	if op.unread {
		return nil
	}
	value, err := readJSON(raw)
	if err != nil {
		return err
	}
	c.Set(ctxBody, value)
	if op.schema == nil {
		return nil
	}
	if fields := checkSchema(op.schema, value); len(fields) > 0 {
		return invalidFields(fields)
	}
	return nil
}

// now is the clock in the resolution of the store.
func (s *server) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// nudge tells the router of this process that something was written; without one it polls.
func (s *server) nudge() {
	if s.Intake.Nudge != nil {
		s.Intake.Nudge()
	}
}
