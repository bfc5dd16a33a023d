/** HTTP as everybody here speaks it, and the Stripe simulator. */
@NullMarked
package io.tillstream.chaos.client;

import org.jspecify.annotations.NullMarked;
