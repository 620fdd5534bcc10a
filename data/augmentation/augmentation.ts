/** How training photos are changed by chance, beyond crop and flip. */

export interface Augmentation {
  /** RandomResizedCrop keeps this share of a photo at least; torchvision's is 0.08. */
  minScale: number;
  /** `v2.RandomRotation(degrees)`; 0 turns nothing. */
  degrees: number;
  /** `v2.ColorJitter(jitter, jitter, jitter)`; 0 leaves colours as they are. */
  jitter: number;
  /** Whether `v2.TrivialAugmentWide()` follows. */
  trivial: boolean;
  /** `v2.RandomErasing(erasing)`; 0 erases nothing. */
  erasing: number;
}
