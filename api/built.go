package api

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	slashpath "path"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
)

const (
	indexFile = "index.html"
	// noncePlace stands in index.html where each answer has a nonce of its own.
	noncePlace = "__CSP_NONCE__"
	// hashedFiles is the folder of files whose name changes with what they hold.
	hashedFiles = "assets/"
	// zippedFrom is how large a file is that is worth compressing.
	zippedFrom = 1 << 10
)

// builtPolicy is the policy of the page: its own files, its own API, and no more. The style sheets
// that the page makes carry the nonce.
const builtPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"

// mediaTypes are those of the files that a page is built into. The system's own table differs
// from machine to machine.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".ico": "image/x-icon", ".js": "text/javascript; charset=utf-8",
	".json": "application/json", ".map": "application/json", ".png": "image/png", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
	".webmanifest": "application/manifest+json", ".webp": "image/webp", ".woff2": "font/woff2",
}

// zippable are the types that get smaller; images and fonts are compressed as they are.
func zippable(media string) bool {
	return strings.HasPrefix(media, "text/") || strings.HasPrefix(media, "application/") || media == "image/svg+xml"
}

// built is the built page: its files, and the one document that every address of the page shows.
type built struct {
	files    map[string]*builtFile
	index    [][]byte // around the places of the nonce
	reserved map[string]bool
}

type builtFile struct {
	body        []byte
	media, etag string
	hashed      bool          // never changes under its name
	zipped      func() []byte // nil where it is not worth it
}

// loadBuilt reads the page; nil when there is none.
func loadBuilt(files fs.FS) (*built, error) {
	if files == nil {
		return nil, nil
	}
	index, err := fs.ReadFile(files, indexFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	b := &built{files: map[string]*builtFile{}, index: bytes.Split(index, []byte(noncePlace))}
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || name == indexFile || strings.HasPrefix(slashpath.Base(name), ".") {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err == nil {
			b.files["/"+name] = newBuiltFile(name, body)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	return b, nil
}

func newBuiltFile(name string, body []byte) *builtFile {
	sum := sha256.Sum256(body)
	f := &builtFile{
		body: body, media: mediaTypes[slashpath.Ext(name)], etag: `"` + hex.EncodeToString(sum[:12]) + `"`,
		hashed: strings.HasPrefix(name, hashedFiles),
	}
	if f.media == "" {
		f.media = "application/octet-stream"
	}
	if len(body) >= zippedFrom && zippable(f.media) {
		f.zipped = sync.OnceValue(func() []byte { return zip(body) })
	}
	return f
}

// zip compresses into memory, which cannot fail.
func zip(body []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}

// reserve keeps the page from answering below the paths of the API: an address that is wrong there
// is a problem, and not a page.
func (b *built) reserve(routes gin.RoutesInfo) {
	b.reserved = map[string]bool{"assets": true, "dev": true, "u": true, "l": true, "o": true}
	for _, route := range routes {
		b.reserved[firstPart(route.Path)] = true
	}
	delete(b.reserved, "")
}

func firstPart(where string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(where, "/"), "/")
	return first
}

// front answers / with the page, or with how to come by it.
func (s *server) front(c *gin.Context) {
	if s.built == nil {
		s.home.serve(c)
		return
	}
	s.built.show(c)
}

// elsewhere answers what is no route: a file of the page, an address of the page, or nothing.
func (s *server) elsewhere(c *gin.Context) {
	reads := c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
	if s.built == nil || !reads {
		s.fail(c, failure(kindNotFound, "there is no such path"))
		return
	}
	where := c.Request.URL.Path
	if file, ok := s.built.files[where]; ok {
		file.serve(c)
		return
	}
	if s.built.reserved[firstPart(where)] || !strings.Contains(c.GetHeader("Accept"), "text/html") {
		s.fail(c, failure(kindNotFound, "there is no such path"))
		return
	}
	s.built.show(c)
}

// show answers the document with a nonce of its own. It has no ETag: a 304 would join the nonce of
// an old document with the policy of a new one, and the page would have no style.
func (b *built) show(c *gin.Context) {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails, see crypto/rand
	nonce := base64.RawURLEncoding.EncodeToString(random)
	c.Header("Cache-Control", "no-cache")
	c.Header("Content-Security-Policy", fmt.Sprintf(builtPolicy, nonce))
	shield(c)
	c.Data(http.StatusOK, mediaTypes[".html"], bytes.Join(b.index, []byte(nonce)))
}

// shield sets the headers of every part of the page.
func shield(c *gin.Context) {
	c.Header("X-Frame-Options", "DENY")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	c.Header("Cross-Origin-Opener-Policy", "same-origin")
}

// serve answers a file, compressed for who takes that.
func (f *builtFile) serve(c *gin.Context) {
	shield(c)
	c.Header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'") // a file opened by itself
	c.Header("Cache-Control", "no-cache")
	if f.hashed {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
	c.Header("ETag", f.etag)
	if f.zipped != nil {
		c.Header("Vary", "Accept-Encoding")
	}
	if seen := c.GetHeader("If-None-Match"); seen == f.etag || seen == "W/"+f.etag {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	body := f.body
	if f.zipped != nil && takesGzip(c.Request.Header.Values("Accept-Encoding")) {
		c.Header("Content-Encoding", "gzip")
		// The same file in another form: another ETag, weak, since a proxy may unpack it.
		c.Header("ETag", "W/"+f.etag)
		body = f.zipped()
	}
	c.Header("Content-Length", strconv.Itoa(len(body)))
	c.Data(http.StatusOK, f.media, body)
}

// takesGzip reads Accept-Encoding.
func takesGzip(values []string) bool {
	for _, one := range strings.Split(strings.Join(values, ","), ",") {
		coding, quality, _ := strings.Cut(one, ";")
		if strings.TrimSpace(coding) == "gzip" {
			q := strings.ReplaceAll(quality, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.0")
		}
	}
	return false
}
