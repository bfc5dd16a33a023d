/** Subscriptions as they are kept. */
@NullMarked
package io.tillstream.subscription.subscription;

import org.jspecify.annotations.NullMarked;
