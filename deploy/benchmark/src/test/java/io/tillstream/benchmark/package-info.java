@NullMarked
package io.tillstream.benchmark;

import org.jspecify.annotations.NullMarked;
