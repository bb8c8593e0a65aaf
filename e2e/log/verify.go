// Reads a log that was written out by "sekisho log export" with the code of the Go checksum database, which nobody
// here wrote: the signature of the checkpoint, the root over all leaves, and the inclusion of each leaf that is asked for.
//
// usage: verify FOLDER [EARLIER-CHECKPOINT]
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func read(path ...string) []byte {
	data, err := os.ReadFile(filepath.Join(path...))
	must(err)
	return data
}

// open checks the signature and reads the three lines.
func open(text []byte, verifier note.Verifier) tlog.Tree {
	signed, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		must(fmt.Errorf("not three lines of %s: %q", verifier.Name(), signed.Text))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	var hash tlog.Hash
	if copy(hash[:], root) != len(hash) || len(root) != len(hash) {
		must(fmt.Errorf("the root has %d bytes", len(root)))
	}
	return tlog.Tree{N: size, Hash: hash}
}

// folder hands out the tiles of a folder: tlog-tiles leaves the height out of a path, the checksum database does not.
type folder struct{ path string }

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(f.path, path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

// entries reads the bundle with a number.
func entries(path string, number int64, width int64) [][]byte {
	tile := tlog.Tile{H: 8, L: -1, N: number, W: int(width)}
	name := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
	data := read(path, name)
	var all [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			must(fmt.Errorf("%s ends within an entry", name))
		}
		length := 2 + int(binary.BigEndian.Uint16(data))
		all = append(all, data[2:length])
		data = data[length:]
	}
	if int64(len(all)) != width {
		must(fmt.Errorf("%s has %d entries and not %d", name, len(all), width))
	}
	return all
}

func main() {
	path := os.Args[1]
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(path, "log.vkey"))))
	must(err)
	tree := open(read(path, "checkpoint"), verifier)
	hashes := tlog.TileHashReader(tree, folder{path})
	var leaves int64
	for number := int64(0); number*256 < tree.N; number++ {
		width := tree.N - number*256
		if width > 256 {
			width = 256
		}
		var indexes []int64
		bundle := entries(path, number, width)
		for place := range bundle {
			indexes = append(indexes, tlog.StoredHashIndex(0, number*256+int64(place)))
		}
		// Read through the tiles, which are checked against the root on the way.
		stored, err := hashes.ReadHashes(indexes)
		must(err)
		for place, entry := range bundle {
			if tlog.RecordHash(entry) != stored[place] {
				must(fmt.Errorf("the entry at %d is not the leaf", number*256+int64(place)))
			}
			leaves++
		}
	}
	for _, index := range []int64{0, tree.N / 2, tree.N - 1} {
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		must(err)
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		must(err)
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf[0]))
	}
	if len(os.Args) > 2 {
		earlier := open(read(os.Args[2]), verifier)
		proof, err := tlog.ProveTree(tree.N, earlier.N, hashes)
		must(err)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash))
		fmt.Printf("%d leaves go on from %d\n", tree.N, earlier.N)
	}
	fmt.Printf("%d leaves of %s are what was signed\n", leaves, verifier.Name())
}
