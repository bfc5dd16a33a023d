@NullMarked
package io.tillstream.chaos.machine;

import org.jspecify.annotations.NullMarked;
