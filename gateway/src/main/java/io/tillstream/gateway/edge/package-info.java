/** What is taken from outside, and how much of it. */
@NullMarked
package io.tillstream.gateway.edge;

import org.jspecify.annotations.NullMarked;
