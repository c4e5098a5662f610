// Package direct reaches REG.API from somebody's desk, with credentials of their own: before there is an operator, and for what the
// operator serves nobody.
//
// It reads the file ~/.regapi2 that the vendor's regapi2console reads, and makes a client of the protocol. It asks no cluster, and
// what it spends comes on top of what the operator counts. No error shows a credential. Start reading at Client.
package direct
