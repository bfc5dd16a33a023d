@NullMarked
package io.tillstream.chaos;

import org.jspecify.annotations.NullMarked;
