/**
 * {@code ./chaos}: starts the whole system as processes, uses it in every way, breaks it by a seed's plan, waits until it
 * has settled, and checks that no money was lost or doubled. {@link io.tillstream.chaos.Chaos} is where to begin.
 */
@NullMarked
package io.tillstream.chaos;

import org.jspecify.annotations.NullMarked;
