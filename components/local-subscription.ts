/** The local cloud's one subscription; Azure has none of this id. */
export const localSubscriptionId = "00000000-0000-0000-0000-000000000000";
