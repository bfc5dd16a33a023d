/** How a service talks to Stripe. */
@NullMarked
package io.tillstream.stripe;

import org.jspecify.annotations.NullMarked;
