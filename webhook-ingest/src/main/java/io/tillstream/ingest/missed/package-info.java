/** Events whose delivery failed, fetched from Stripe. */
@NullMarked
package io.tillstream.ingest.missed;

import org.jspecify.annotations.NullMarked;
