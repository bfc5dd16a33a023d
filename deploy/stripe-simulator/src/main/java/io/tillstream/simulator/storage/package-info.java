/** What the simulator knows, on disk: a log of all turns, and snapshots that make the log before them unnecessary. */
@NullMarked
package io.tillstream.simulator.storage;

import org.jspecify.annotations.NullMarked;
