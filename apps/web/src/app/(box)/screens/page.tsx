import { Screens } from '@/views/screens';

export default function Page() {
  return <Screens />;
}
