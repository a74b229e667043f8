package standin

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
)

// Announce says once per run that this is not the official plugin, however many providers the program makes.
func (b *Base) Announce(ctx context.Context) {
	b.announce.Do(func() {
		if b.firstOfRun() {
			b.Log.Warning(ctx, "", fmt.Sprintf("the %s plugin is Slipway's stand-in for the official v%s", b.Name, b.Version))
		}
	})
}

// firstOfRun holds a name that only one process can hold: the engine starts one process per provider, and all of a
// run have the same parent and engine address. Linux alone has such names that leave no file behind.
func (b *Base) firstOfRun() bool {
	if runtime.GOOS != "linux" {
		return true
	}
	name := fmt.Sprintf("@slipway-stand-in-%s-%d-%s", b.Name, os.Getppid(), b.engine)
	held, err := net.Listen("unix", name)
	b.held = held
	return err == nil
}
