/** What a user may use. */
@NullMarked
package io.tillstream.subscription.access;

import org.jspecify.annotations.NullMarked;
