package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/store"
)

// fileName keeps paths, hidden files and header tricks out of names.
var fileName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N} ._()+-]{0,127}$`)

func shapeFile(f *store.File) gen.File {
	return gen.File{Name: f.Name, ContentType: f.ContentType, Size: int(f.Size), Sha256: f.SHA256, CreatedAt: f.CreatedAt.UTC()}
}

// readUpload reads the parts of an upload, in any order, and refuses every other one.
func readUpload(r *http.Request) (*store.File, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, failure(kindMalformed, "the body is not multipart/form-data with a boundary")
	}
	var f *store.File
	name := ""
	for {
		part, err := parts.NextPart()
		if err == io.EOF { //nolint:errorlint // a body that is cut off wraps io.EOF, its proper end does not
			break
		}
		if err != nil {
			return nil, uploadError(err)
		}
		switch {
		case part.FormName() == "name" && name == "":
			value, err := io.ReadAll(io.LimitReader(part, 1024))
			if err != nil {
				return nil, uploadError(err)
			}
			name = string(value)
		case part.FormName() == "file" && f == nil:
			if f, err = readFilePart(part); err != nil {
				return nil, err
			}
		default:
			return nil, invalid("/"+printable(part.FormName()), "is not a part of an upload, or is given twice", "one part file, and perhaps one part name")
		}
	}
	if f == nil {
		return nil, invalid("/file", "must be given", "a part file with a file name")
	}
	if name != "" {
		f.Name = name
	}
	if !fileName.MatchString(f.Name) {
		return nil, invalid("/name", "is not a file name", "letters, digits, space . _ ( ) + -, at most 128 characters")
	}
	return f, nil
}

func readFilePart(part *multipart.Part) (*store.File, error) {
	data, err := io.ReadAll(io.LimitReader(part, maxFile+1))
	if err != nil {
		return nil, uploadError(err)
	}
	if len(data) > maxFile {
		return nil, failure(kindTooLarge, "a file has at most %d bytes", maxFile)
	}
	kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
	if err != nil || !strings.Contains(kind, "/") {
		kind = "application/octet-stream"
	}
	sum := sha256.Sum256(data)
	return &store.File{Name: part.FileName(), ContentType: kind, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Data: data}, nil
}

func uploadError(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return failure(kindTooLarge, "a file has at most %d bytes", maxFile)
	}
	return failure(kindMalformed, "the body is not multipart/form-data")
}

// UploadFile stores a file under a new name. What a repeated Idempotency-Key is compared by is the
// file itself, since the boundary of a multipart body differs from call to call.
func (s *server) UploadFile(c *gin.Context, _ gen.UploadFileParams) {
	f, err := readUpload(c.Request)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Set(ctxRaw, []byte(f.Name+"\n"+f.ContentType+"\n"+f.SHA256))
	s.create(c, func(tx *store.Tx) (reply, error) {
		exists, err := tx.HasFile(f.Name)
		if err != nil {
			return reply{}, err
		}
		if exists {
			return reply{}, failure(kindKeyExists, "there is a file %q already", f.Name)
		}
		f.CreatedAt = s.now()
		if err := tx.PutFile(f); err != nil {
			return reply{}, err
		}
		return created(location("files", f.Name), shapeFile(f)), s.audit(c, tx, "file.put", f.Name, nil)
	})
}

func (s *server) ListFiles(c *gin.Context, params gen.ListFilesParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListFiles(pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeFile), err
	})
}

func (s *server) GetFile(c *gin.Context, name string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		f, err := tx.File(name)
		if err != nil {
			return reply{}, err
		}
		return ok(shapeFile(f)), nil
	})
}

// GetFileContent answers the bytes as a download: whatever type they claim, no browser shows them.
func (s *server) GetFileContent(c *gin.Context, name string) {
	var f *store.File
	err := s.readStore(c.Request.Context(), func(tx *store.Tx) (err error) {
		f, err = tx.File(name)
		return err
	})
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Header("ETag", fmt.Sprintf("%q", f.SHA256))
	c.Data(http.StatusOK, "application/octet-stream", f.Data)
}

func (s *server) DeleteFile(c *gin.Context, name string) {
	removing(s, c, func(tx *store.Tx) error {
		if err := s.unused(tx, useFile, name); err != nil {
			return err
		}
		if err := tx.DeleteFile(name); err != nil {
			return err
		}
		return s.audit(c, tx, "file.delete", name, nil)
	})
}
