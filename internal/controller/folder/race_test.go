//go:build race

package folder_test

// histories is how many lives of a folder are followed: under the race detector, which makes them several times as long, a part of them.
const histories = 40
