package regapi

import (
	"bytes"
	"context"
	"encoding/json"
)

// ContactsUpdate are new contacts for domains of one kind (8.15).
type ContactsUpdate struct {
	Contacts Contacts
	// PayoutAgreement agrees to the price where a zone takes money for the change, such as .md.
	PayoutAgreement bool
}

// UpdateContacts changes the contacts of up to 1000 domains. They must be of one kind: .ru and .su
// of persons, .ru and .su of organizations, .com.ua and .kiev.ua, or .com, .net, .org, .biz, .info,
// .name and .mobi (8.15).
func (s *DomainService) UpdateContacts(
	ctx context.Context, update ContactsUpdate, refs ...DomainRef,
) ([]DomainResult, error) {
	const function = "domain/update_contacts"
	if len(update.Contacts) == 0 {
		return nil, refuse(function, CodeContactsNotFound, "contacts required")
	}
	params := parameters{}
	params.contacts(update.Contacts)
	params.flag("payout_agreement", update.PayoutAgreement)
	items, err := s.client.list(ctx, listCall{function: function, kind: domainList, refs: refs, params: params})
	return results(items), err
}

// UpdatePrivatePersonFlag hides the contacts of up to 1000 domains in WHOIS, or shows them (8.16).
func (s *DomainService) UpdatePrivatePersonFlag(ctx context.Context, hide bool, refs ...DomainRef) ([]DomainResult, error) {
	value := 0
	if hide {
		value = 1
	}
	items, err := s.client.list(ctx, listCall{
		function: "domain/update_private_person_flag", kind: domainList, refs: refs,
		params: parameters{"private_person_flag": value},
	})
	return results(items), err
}

// DocsUpload is where the documents of a registrant can be uploaded.
type DocsUpload struct {
	// SID is the number of the upload, which the URL holds, too. Whoever has it can upload.
	SID Text   `json:"docs_upload_sid"`
	URL string `json:"url"`
}

// GetDocsUploadURI returns a link to upload the documents of a .ru, .su or .рф domain's registrant
// (8.14).
func (s *DomainService) GetDocsUploadURI(ctx context.Context, ref DomainRef) (DocsUpload, error) {
	var upload DocsUpload
	err := s.client.on(ctx, "domain/get_docs_upload_uri", ref, nil, requiring("url", &upload))
	return upload, err
}

// EmailVerification tells whether the address of a registrant is verified (8.28).
type EmailVerification string

// The states of a verification.
const (
	EmailAlreadyVerified EmailVerification = "ALREADY_VERIFIED"
	EmailNotVerified     EmailVerification = "NOT_VERIFIED"
	// EmailSent: the letter is on its way.
	EmailSent EmailVerification = "SENT"
	// EmailNotRequired: the zone does not ask for it.
	EmailNotRequired EmailVerification = "NOT_REQUIRED"
)

// SendEmailVerificationLetter sends the registrant a letter to verify the address, if that is
// needed; with checkOnly it only tells. Partners only (8.28).
func (s *DomainService) SendEmailVerificationLetter(
	ctx context.Context, ref DomainRef, checkOnly bool,
) (EmailVerification, error) {
	params := parameters{}
	params.flag("check_only", checkOnly)
	var answer struct {
		Status EmailVerification `json:"status"`
	}
	err := s.client.on(ctx, "domain/send_email_verification_letter", ref, params, requiring("status", &answer))
	return answer.Status, err
}

// DownloadCertificate returns the certificate of ownership of a domain, a PDF file; Partners only.
// It needs the service srv_voucher (8.29).
func (s *DomainService) DownloadCertificate(ctx context.Context, ref DomainRef) ([]byte, error) {
	if ref.IsZero() {
		return nil, refuse(downloadCertificate, CodeServiceNotSpecified, "the reference identifies nothing")
	}
	answer, err := s.client.do(ctx, downloadCertificate, ref.fields("domain_name"))
	if err != nil {
		return nil, err
	}
	var refusal struct {
		Status ErrorCode `json:"status"`
	}
	if json.Unmarshal(answer.Payload, &refusal) == nil && refusal.Status.Class() == ClassNotFound {
		return nil, &Error{Function: downloadCertificate, Domain: ref.String(), Code: refusal.Status}
	}
	if !bytes.HasPrefix(answer.File, []byte("%PDF-")) {
		return nil, unusable(downloadCertificate, "something that is no PDF file", answer)
	}
	return answer.File, nil
}
