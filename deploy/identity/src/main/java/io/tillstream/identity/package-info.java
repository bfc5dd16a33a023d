/** A small OpenID provider for local use. */
@NullMarked
package io.tillstream.identity;

import org.jspecify.annotations.NullMarked;
