/**
 * What is known here beside what Stripe has. A service says by a {@link io.tillstream.drift.DriftKind} how one kind of objects is
 * compared; {@code report} finds the differences, names them, and takes them in by the rules of events.
 */
@NullMarked
package io.tillstream.drift;

import org.jspecify.annotations.NullMarked;
