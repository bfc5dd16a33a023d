/** The service against the Stripe simulator, a process of its own. */
@NullMarked
package io.tillstream.subscription.simulated;

import org.jspecify.annotations.NullMarked;
