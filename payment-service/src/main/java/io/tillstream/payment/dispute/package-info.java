/** Disputes and early fraud warnings. */
@NullMarked
package io.tillstream.payment.dispute;

import org.jspecify.annotations.NullMarked;
