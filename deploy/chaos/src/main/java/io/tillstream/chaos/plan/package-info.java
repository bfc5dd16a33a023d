/** What is done and when, by the seed alone. */
@NullMarked
package io.tillstream.chaos.plan;

import org.jspecify.annotations.NullMarked;
