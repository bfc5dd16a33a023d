/** HTTP in: what Stripe delivers, verified. */
@NullMarked
package io.tillstream.ingest.intake;

import org.jspecify.annotations.NullMarked;
