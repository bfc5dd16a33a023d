/** What becomes of access as payments come and fail, against the simulator. */
@NullMarked
package io.tillstream.subscription.billing;

import org.jspecify.annotations.NullMarked;
