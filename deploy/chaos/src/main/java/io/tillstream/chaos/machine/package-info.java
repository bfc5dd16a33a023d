/** The system that is broken: its processes, and what stands between them. */
@NullMarked
package io.tillstream.chaos.machine;

import org.jspecify.annotations.NullMarked;
