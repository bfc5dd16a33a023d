/** What a user may use. */
@NullMarked
package io.tillstream.subscription.entitlement;

import org.jspecify.annotations.NullMarked;
