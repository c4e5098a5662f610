package regapitest

import (
	"bytes"
	"fmt"
	"net/http"
)

// file is an answer that is no envelope.
type file struct {
	name, contentType string
	body              []byte
}

func (f *file) reply() reply {
	return reply{status: http.StatusOK, contentType: f.contentType, filename: f.name, body: f.body}
}

// certificatePDF is a page that names a domain: a whole PDF document of the simplest kind (ISO 32000-1, Annex H).
func certificatePDF(domain string) []byte {
	text := fmt.Sprintf("BT /F1 18 Tf 72 720 Td (%s) Tj ET", domain)
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	offsets := []int{}
	for index, object := range objects {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", index+1, object)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return out.Bytes()
}
