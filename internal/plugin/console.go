package plugin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

const prompt = "regapi> "

func newConsole(s *session) *cobra.Command {
	o := rawOptions{}
	command := &cobra.Command{
		Use:   "console",
		Short: "Call functions of REG.API one after the other, at a prompt",
		Long: `A prompt for functions of REG.API: each line is what kubectl regapi raw takes. Tab completes functions and parameters, the arrows bring earlier lines
back, help lists the functions of the catalogue or says what one does, and exit or Ctrl-D ends it. Without a terminal it reads lines.`,
		Example: `  kubectl regapi console --account main
  kubectl regapi console --direct`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			caller, err := s.caller(o)
			if err != nil {
				return err
			}
			return s.console(command.Context(), caller)
		},
	}
	o.addFlags(command.Flags())
	return command
}

// console reads lines until the end. Each has the time of --timeout for itself.
func (s *session) console(ctx context.Context, call caller) error {
	ctx = context.WithoutCancel(ctx)
	lines, restore, err := s.lines()
	if err != nil {
		return err
	}
	defer restore()
	var last error
	end := func() error { // What went wrong is told already, and decides about the code alone.
		if last == nil {
			return nil
		}
		return exit.With(exit.Of(last), exit.ErrFindings)
	}
	for {
		line, err := lines()
		if errors.Is(err, io.EOF) {
			return end()
		}
		if err != nil {
			return err
		}
		words, err := split(line)
		switch {
		case err != nil:
			last = exit.With(exit.Usage, err)
		case len(words) == 0:
			continue
		case words[0] == "exit" || words[0] == "quit":
			return end()
		case words[0] == "help":
			last = s.help(words[1:])
		default:
			last = s.callLine(ctx, call, words)
		}
		if last != nil {
			fmt.Fprintln(s.Err, "Error:", explain(last))
		}
	}
}

func (s *session) callLine(ctx context.Context, call caller, words []string) error {
	if s.timeout > 0 {
		bounded, cancel := context.WithTimeout(ctx, s.timeout)
		defer cancel()
		ctx = bounded
	}
	answer, err := call(ctx, words)
	if err != nil {
		return err
	}
	return s.showAnswer(answer)
}

// help lists the functions, or says what one does.
func (s *session) help(which []string) error {
	if len(which) == 0 {
		for _, function := range catalog.Functions() {
			fmt.Fprintf(s.Out, "%-40s %s\n", function.Name, function.Summary)
		}
		return nil
	}
	function, known := catalog.Find(which[0])
	if !known {
		return exit.With(exit.Usage, fmt.Errorf("%s is no function of REG.API", which[0]))
	}
	fmt.Fprintf(s.Out, "%s (%s) %s; for %s\n", function.Name, function.Section, function.Summary, function.Access)
	return nil
}

// screen is a terminal to read from and to write to.
type screen struct {
	io.Reader
	io.Writer
}

// lines gives what reads a line: with editing, history and completion on a terminal, and plainly elsewhere.
func (s *session) lines() (next func() (string, error), restore func(), err error) {
	file, isFile := s.In.(*os.File)
	if !s.Interactive || !isFile {
		plain := bufio.NewScanner(s.In)
		return func() (string, error) {
			if plain.Scan() {
				return plain.Text(), nil
			}
			if plain.Err() != nil {
				return "", plain.Err()
			}
			return "", io.EOF
		}, func() {}, nil
	}
	before, err := term.MakeRaw(int(file.Fd()))
	if err != nil {
		return nil, nil, fmt.Errorf("use the terminal: %w", err)
	}
	terminal := term.NewTerminal(screen{s.In, s.Err}, prompt)
	terminal.AutoCompleteCallback = completeLine
	// Raw terminals want a return with each line feed, which this writer adds.
	out, complaints := s.Out, s.Err
	s.Out, s.Err = terminal, terminal
	return terminal.ReadLine, func() {
		s.Out, s.Err = out, complaints
		_ = term.Restore(int(file.Fd()), before)
	}, nil
}

// completeLine completes the word at the cursor as far as all that fit agree.
func completeLine(line string, at int, key rune) (string, int, bool) {
	if key != '\t' {
		return "", 0, false
	}
	start := strings.LastIndexByte(line[:at], ' ') + 1
	known := parameters
	if strings.TrimSpace(line[:start]) == "" || strings.TrimSpace(line[:start]) == "help" {
		known = append(functionNames(), "help", "exit")
	}
	fit := complete(known, line[start:at])
	if len(fit) == 0 {
		return "", 0, false
	}
	common := fit[0]
	for _, one := range fit[1:] {
		for !strings.HasPrefix(one, common) {
			common = common[:len(common)-1]
		}
	}
	if len(fit) == 1 && !strings.HasSuffix(common, "=") {
		common += " "
	}
	return line[:start] + common + line[at:], start + len(common), true
}

// split cuts a line into words at blanks, as a shell does: quotes keep blanks together.
func split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	quote, begun := rune(0), false
	for _, letter := range line {
		switch {
		case letter == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(letter)
		case letter == '\'' || letter == '"' && !strings.ContainsAny(word.String(), "[{"):
			quote, begun = letter, true
		case letter == ' ' || letter == '\t':
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(letter)
			begun = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("the quote %c is not closed", quote)
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}
