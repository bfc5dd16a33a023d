@NullMarked
package io.tillstream.simulator.storage;

import org.jspecify.annotations.NullMarked;
