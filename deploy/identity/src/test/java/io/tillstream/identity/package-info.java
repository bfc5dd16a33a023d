@NullMarked
package io.tillstream.identity;

import org.jspecify.annotations.NullMarked;
