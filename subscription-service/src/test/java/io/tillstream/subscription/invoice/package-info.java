/** What was and will be billed. */
@NullMarked
package io.tillstream.subscription.invoice;

import org.jspecify.annotations.NullMarked;
