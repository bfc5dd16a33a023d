/** What the checker reads: Stripe's lists and journals, the services' tables, the topics. */
@NullMarked
package io.tillstream.chaos.check.observation;

import org.jspecify.annotations.NullMarked;
