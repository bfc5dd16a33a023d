@NullMarked
package io.tillstream.local;

import org.jspecify.annotations.NullMarked;
