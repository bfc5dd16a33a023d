@NullMarked
package io.tillstream.simulator.file;

import org.jspecify.annotations.NullMarked;
