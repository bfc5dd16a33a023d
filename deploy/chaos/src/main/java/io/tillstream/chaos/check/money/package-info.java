/** Money: each payment has its order, each paid order its payment, each refund its counterpart. */
@NullMarked
package io.tillstream.chaos.check.money;

import org.jspecify.annotations.NullMarked;
