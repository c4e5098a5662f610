// Command operator runs the controllers of regapi-operator.
//
// main reads flags into options; run wires the parts together. There is no logic here.
package main
